"""Spellings of one name are one name; different names stay different."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_referral.identities import rules


@pytest.mark.parametrize(
    "spellings",
    [
        ["Раҳимова", "Рахимова", "Rahimova", "Rakhimova", "РАХИМОВА"],
        ["Зарина", "Zarina", "ZARINA", "Зарiна", "Zarīna", "Ｚａｒｉｎａ"],
        ["Ҷамшед", "Джамшед", "Jamshed", "Dzhamshed", "Djamshed"],
        ["Қосимов", "Косимов", "Qosimov", "Kosimov"],
        ["Ғафуров", "Гафуров", "Ghafurov", "Gafurov"],
        ["Фирӯз", "Фируз", "Firuz", "Firooz", "Feeruz"],
        ["Хуршед", "Khurshed", "Xurshed", "Hurshed"],
        ["Юсуф", "Yusuf", "Iusuf", "Youssouf"],
        ["Ёдгор", "Yodgor", "Iodgor"],
        ["Наталья", "Natalya", "Natalia", "Наталия"],
        ["Мария", "Maria", "Mariya"],
        ["Сара", "Sarah", "Sara"],
        ["Жанна", "Zhanna", "Janna", "Jana"],
        ["Щербакова", "Shcherbakova", "Scherbakova"],
        ["Александр", "Aleksandr", "Alexandr"],
        ["Цой", "Tsoy", "Tsoi"],
        ["Муҳаммад", "Muhammad", "Mukhammad", "Мухаммад"],
        ["Шарифҷон", "Sharifjon", "Шарифджон", "Sharifdzhon"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_one_name_in_many_spellings(spellings: list[str]) -> None:
    assert len({frozenset(rules.parts(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "another"),
    [("Зарина", "Сабрина"), ("Раҳимова", "Каримова"), ("Фирӯз", "Фаррух"), ("Юсуф", "Юнус"), ("Шарипова", "Чарикова")],
)
def test_different_names_stay_different(one: str, another: str) -> None:
    (first,), (second,) = rules.parts(one), rules.parts(another)
    assert first != second
    assert rules.sound(first) != rules.sound(second)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Муҳаммад", "Мухамад"),
        ("Хуршед", "Хуршид"),
        ("Мадина", "Медина"),
        ("Гулчеҳра", "Гульчехра"),
        ("Саидов", "Сайидов"),
        ("Zuhra", "Зухро"),
    ],
)
def test_what_is_heard_wrongly_is_found_by_sound(one: str, another: str) -> None:
    (first,), (second,) = rules.parts(one), rules.parts(another)
    assert rules.sound(first) == rules.sound(second)


def test_order_and_initials_do_not_matter() -> None:
    assert rules.parts("Раҳимова Зарина Б.") == rules.parts("zarina RAHIMOVA") == {"zarina", "rahimova"}


def test_other_scripts_have_parts_too() -> None:
    for name in ("فرهاد رحیمی", "ნინო", "玲"):
        assert rules.parts(name), name


@given(st.text(max_size=50))
def test_any_text_has_forms_that_stay(text: str) -> None:
    for part in rules.parts(text):
        assert part.isascii()
        assert part.isalpha()
        assert rules.sound(part) == rules.sound(part)
    assert rules.phone_form(text) == rules.phone_form(rules.phone_form(text))
    assert rules.document_form(text) == rules.document_form(rules.document_form(text))


@pytest.mark.parametrize("number", ["+992 90 123 45 67", "992901234567", "0901234567", "90-123-45-67", "(90) 1234567"])
def test_phone_with_and_without_country_code(number: str) -> None:
    assert rules.phone_form(number) == "901234567"


@pytest.mark.parametrize("number", ["A 1234567", "а1234567", "a-1234567", "А1234567"])
def test_document_typed_in_either_alphabet(number: str) -> None:
    assert rules.document_form(number) == "A1234567"
