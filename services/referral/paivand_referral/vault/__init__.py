"""The identity vault: who the person is, and all free text about a person, sealed with a key of each case.

Other features come in by `service.py` only.
"""
