"""What counselors write down after a talk that follows a screening."""

from random import Random

TOPICS = (
    "谈到学业压力和睡眠",
    "主要是宿舍作息不一致，休息不好",
    "想家，和家里每晚通话",
    "对专业提不起兴趣，担心跟不上",
    "和高中好友联系少了，一时没有新朋友",
    "期中没考好，有些自责",
    "家里近来有事，分心较多",
    "近期感冒，精力不足，作答时正难受",
    "恋爱中有争执，已经说开",
)
STATES = ("情绪平稳", "说到后来轻松一些", "语速偏慢，能主动讲述", "愿意谈，思路清楚", "起初拘谨，后来放得开")
ENDINGS = (
    "约定需要时随时来中心。",
    "愿意再来一次，约了下周。",
    "同意由辅导员平时多留意。",
    "介绍了睡眠的几个办法，两周后回访。",
    "已告知值班电话，暂不需要其他帮助。",
    "建议先参加团体辅导，本人愿意考虑。",
)


def talk_note(draw: Random) -> str:
    return f"{draw.choice(TOPICS)}，{draw.choice(STATES)}。{draw.choice(ENDINGS)}"
