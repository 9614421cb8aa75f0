"""Words that stigmatise, and what to write instead. Pure."""

from dataclasses import dataclass

# Word → what says the same without harm. Sources: the World Health Organization's resource for media on suicide
# (2023) and its Chinese edition; person-first language.
WORDS: dict[str, str] = {
    "精神病人": "有精神健康困扰的人",
    "精神病患者": "有精神健康困扰的人",
    "神经病": "情绪困扰",
    "疯子": "遇到困难的人",
    "疯了": "情绪失控",
    "变态": "不寻常",
    "心理有病": "心理上遇到困难",
    "心理变态": "心理上遇到困难",
    "心理疾病患者": "经历心理困扰的人",
    "抑郁症患者": "经历抑郁的人",
    "精神分裂": "精神健康困扰",
    "想不开": "非常痛苦",
    "自杀成功": "自杀身亡",
    "自杀未遂": "曾尝试自杀",
    "自杀不成功": "曾尝试自杀",
    "寻死觅活": "有自杀念头",
    "脑子有问题": "遇到困难",
    "矫情": "感到难受",
    "玻璃心": "容易受伤",
    "committed suicide": "died by suicide",
    "commit suicide": "die by suicide",
    "successful suicide": "death by suicide",
    "failed suicide": "suicide attempt",
    "crazy": "distressed",
    "lunatic": "person in distress",
    "psycho": "person in distress",
    "schizo": "person with schizophrenia",
    "insane": "unwell",
    "mentally ill people": "people with a mental health condition",
    "the mentally ill": "people with a mental health condition",
    "attention seeking": "in need of help",
    "weak-minded": "under strain",
}


@dataclass(frozen=True)
class Finding:
    """A word of the list, how often it stands in a text, and what to write instead."""

    word: str
    times: int
    instead: str


def findings(text: str) -> list[Finding]:
    """The stigmatising words of a text, the longest first; a word within a longer one is not told twice."""
    rest = text.casefold()
    rows = []
    for word in sorted(WORDS, key=len, reverse=True):
        times = _count(rest, word)
        if times:
            rest = rest.replace(word, "\n")
            rows.append(Finding(word, times, WORDS[word]))
    return rows


def _count(text: str, word: str) -> int:
    """Latin words count where they stand alone: "psychology" holds no insult."""
    if not word.isascii():
        return text.count(word)
    places = [place for place in range(len(text)) if text.startswith(word, place)]
    return sum(not _letter(text, place - 1) and not _letter(text, place + len(word)) for place in places)


def _letter(text: str, place: int) -> bool:
    return 0 <= place < len(text) and text[place].isascii() and text[place].isalpha()
