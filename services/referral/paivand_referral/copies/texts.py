"""All wording of the copy, in English, Russian and Tajik. Short words: the reader may be tired and afraid."""

from enum import StrEnum


class CopyLanguage(StrEnum):
    """Languages of the copy (BCP 47)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    TAJIK = "tg"


# key -> English, Russian, Tajik
WORDS: dict[str, tuple[str, str, str]] = {
    "title": ("What we hold about you", "Что мы храним о вас", "Мо дар бораи шумо чӣ нигоҳ медорем"),
    "lead": (
        "This paper shows what is written about you, what you agreed to, and who has seen it. You may ask us to "
        "correct it, and you may take back what you agreed to at any time.",
        "Здесь показано, что о вас записано, на что вы согласились и кто это видел. Вы можете попросить нас исправить "
        "записи и в любое время отозвать своё согласие.",
        "Дар ин варақ навишта шудааст, ки дар бораи шумо чӣ сабт шудааст, шумо ба чӣ розӣ шудаед ва кӣ онро дидааст. "
        "Шумо метавонед ислоҳи онро хоҳед ва ҳар вақт розигии худро бозпас гиред.",
    ),
    "keep_safe": (
        "Keep this paper in a safe place. Somebody who finds it learns about you. We can keep it for you.",
        "Храните эту бумагу в надёжном месте. Кто её найдёт, узнает о вас. Мы можем хранить её у себя.",
        "Ин варақро дар ҷои бехатар нигоҳ доред. Касе ки онро ёбад, дар бораи шумо огоҳ мешавад. Мо метавонем онро "
        "барои шумо нигоҳ дорем.",
    ),
    "made_at": ("Made on", "Составлено", "Сана"),
    "court": (
        "What is kept about court cases is not in this paper. Ask us to show it to you.",
        "Записей о судебных делах здесь нет. Попросите нас показать их.",
        "Сабтҳо дар бораи парвандаҳои судӣ дар ин ҷо нестанд. Аз мо хоҳед, ки онҳоро нишон диҳем.",
    ),
    "nothing": ("Nothing.", "Ничего.", "Ҳеҷ чиз."),
    "shortened": (
        "Only the newest entries are shown. Ask us for the rest.",
        "Показаны только последние записи. Остальные спросите у нас.",
        "Танҳо сабтҳои охирин нишон дода шудаанд. Боқимондаро аз мо пурсед.",
    ),
    "case": ("Your case", "Ваше дело", "Парвандаи шумо"),
    "identity": ("Who you are", "Кто вы", "Шумо кистед"),
    "consents": ("What you agreed to", "На что вы согласились", "Шумо ба чӣ розӣ шудаед"),
    "referrals": ("Whom we asked for help", "Кого мы просили о помощи", "Мо аз кӣ ёрӣ пурсидем"),
    "disclosures": ("Who has seen it outside", "Кто это видел вне организации", "Кӣ онро берун аз созмон дидааст"),
    "readings": (
        "When our own staff opened who you are",
        "Когда наши сотрудники открывали сведения о том, кто вы",
        "Кай кормандони мо маълумоти шахсии шуморо кушоданд",
    ),
    "number": ("Number", "Номер", "Рақам"),
    "age": ("Age", "Возраст", "Синну сол"),
    "gender": ("Gender", "Пол", "Ҷинс"),
    "languages": ("Languages", "Языки", "Забонҳо"),
    "needs": ("Help you need", "Какая помощь нужна", "Кадом ёрӣ лозим аст"),
    "since": ("Since", "С какого времени", "Аз кай"),
    "until": ("Until", "До какого времени", "То кай"),
    "name": ("Name", "Имя", "Ном"),
    "born": ("Born", "Дата рождения", "Санаи таваллуд"),
    "contact": ("Contact", "Связь", "Тамос"),
    "document": ("Document", "Документ", "Ҳуҷҷат"),
    "notes": ("Notes", "Заметки", "Қайдҳо"),
    "when": ("When", "Когда", "Кай"),
    "what": ("What", "Что", "Чӣ"),
    "who": ("Who", "Кто", "Кӣ"),
    "given_by": ("Who agreed", "Кто согласился", "Кӣ розӣ шуд"),
    "state": ("State", "Состояние", "Ҳолат"),
    "written": ("What we wrote", "Что мы написали", "Мо чӣ навиштем"),
    "profile": ("your case without your name", "дело без имени", "парванда бе ном"),
    "summary": ("what we wrote for the service", "что мы написали для службы", "он чӣ мо барои хадамот навиштем"),
    "category-identity": ("who you are", "кто вы", "шумо кистед"),
    "onward-referral": ("may be passed on", "можно передать дальше", "ба дигарон додан мумкин"),
    "person": ("you", "вы", "шумо"),
    "parent": ("your parent", "ваш родитель", "волидайни шумо"),
    "guardian": ("your guardian", "ваш опекун", "васии шумо"),
    "authority": ("an authority", "орган власти", "мақомоти давлатӣ"),
    "unstated": ("not written down", "не записано", "навишта нашудааст"),
    "active": ("holds", "действует", "эътибор дорад"),
    "withdrawn": ("taken back", "отозвано", "бозпас гирифта шуд"),
    "expired": ("ran out", "срок истёк", "муҳлаташ гузашт"),
    "sent": ("received our request", "получил наш запрос", "дархости моро гирифт"),
    "passed-on": ("received it from another service", "получил от другой службы", "аз хадамоти дигар гирифт"),
    "read": ("opened it", "открывал", "кушод"),
    "requested": ("asked", "запрошено", "дархост шуд"),
    "accepted": ("accepted", "принято", "қабул шуд"),
    "in-progress": ("help goes on", "помощь идёт", "ёрӣ идома дорад"),
    "on-hold": ("on hold", "приостановлено", "боздошта шуд"),
    "completed": ("completed", "завершено", "анҷом ёфт"),
    "failed": ("ended without its aim", "завершено без результата", "бе натиҷа анҷом ёфт"),
    "rejected": ("rejected", "отклонено", "рад шуд"),
    "cancelled": ("cancelled", "отозвано", "бекор карда шуд"),
    "entered-in-error": ("entered in error", "внесено ошибочно", "иштибоҳан сабт шуд"),
    "female": ("female", "женский", "зан"),
    "male": ("male", "мужской", "мард"),
    "other": ("other", "другой", "дигар"),
    "unknown": ("unknown", "неизвестно", "номаълум"),
    "staff": ("our staff", "наши сотрудники", "кормандони мо"),
}


class Words:
    """The wording in one language."""

    def __init__(self, language: CopyLanguage) -> None:
        self.language = language
        self._place = list(CopyLanguage).index(language)

    def __call__(self, key: str) -> str:
        """The words for a key; a code without words of its own stays as it is."""
        return WORDS[key][self._place] if key in WORDS else key
