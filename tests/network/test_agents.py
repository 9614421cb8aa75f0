import pytest

from network.rules.agents import browser_of, is_hand, system_of

WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile MicroMessenger/8.0.49"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15"
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile"


@pytest.mark.parametrize(
    ("agent", "browser", "system", "hand"),
    [
        (WECHAT, "WeChat", "iPhone", True),
        (EDGE, "Edge", "Windows", False),
        (SAFARI, "Safari", "Mac", False),
        (HARMONY, "Chrome", "HarmonyOS", True),
        ("curl/8.0", "", "", False),
        ("", "", "", False),
    ],
)
def test_a_browser_is_told_by_its_own_name_and_not_by_those_it_claims(
    agent: str, browser: str, system: str, hand: bool
) -> None:
    assert (browser_of(agent), system_of(agent), is_hand(agent)) == (browser, system, hand)
