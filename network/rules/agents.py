"""A browser's own words about itself, made short. Pure."""

# The first that is found counts: most browsers claim to be several others too.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
HANDS = frozenset({"HarmonyOS", "Android", "iPhone", "iPad"})


def browser_of(agent: str) -> str:
    """The browser's name; "" when it does not say."""
    return next((name for mark, name in BROWSERS if mark in agent), "")


def system_of(agent: str) -> str:
    """The name of the system or device; "" when it does not say."""
    return next((name for mark, name in SYSTEMS if mark in agent), "")


def is_hand(agent: str) -> bool:
    """Whether it is held in the hand: a phone or a tablet."""
    return system_of(agent) in HANDS
