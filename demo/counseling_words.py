"""What the people of the demo's center write."""

from counseling.rules.kinds import Topic

# Name, kind, seats.
ROOMS = (
    ("咨询室一", "counseling", 2),
    ("咨询室二", "counseling", 2),
    ("咨询室三", "counseling", 2),
    ("预约接待室", "reception", 6),
    ("团体辅导室", "group", 14),
    ("沙盘室", "sandplay", 4),
    ("放松室", "relaxation", 3),
)
INTROS = (
    ("国家注册系统心理师，从事高校咨询十一年。相信每个人都有自己的节奏。", [Topic.MOOD, Topic.SELF, Topic.ADJUSTMENT]),
    ("擅长人际与亲密关系议题。先听你说，再一起想办法。", [Topic.RELATIONS, Topic.LOVE, Topic.FAMILY]),
    ("关注睡眠、焦虑与考试压力，常用正念与认知行为方法。", [Topic.SLEEP, Topic.ANXIETY, Topic.STUDY]),
    ("陪同学们走过升学、就业和人生选择的路口。", [Topic.CAREER, Topic.STUDY, Topic.SELF]),
    ("喜欢用沙盘和绘画，说不清楚也没关系。", [Topic.SELF, Topic.MOOD, Topic.FAMILY]),
    ("新生适应、网络使用与宿舍相处。", [Topic.ADJUSTMENT, Topic.NETWORK_USE, Topic.RELATIONS]),
)
REASONS = (
    ("sleep", "最近总是两三点才睡着，白天没精神。"),
    ("study", "期中没考好，不敢告诉家里。"),
    ("relations", "和室友闹得不太愉快，不知道怎么开口。"),
    ("love", "刚分手，做什么都提不起劲。"),
    ("family", "家里出了点事，想找人说说。"),
    ("self,career", "不知道以后想做什么。"),
)
PARTS = ((), ("2pm", "4pm"), ("1am", "3am"), ())
# Days ago, minutes, topic, how the caller wants to be called.
CALLS = (
    (1, 25, Topic.ANXIETY, "小林"),
    (2, 12, Topic.STUDY, ""),
    (4, 40, Topic.FAMILY, "一位同学"),
)
