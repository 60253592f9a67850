"""How much room services have: beds, rooms, appointments, caseload."""
