"""Titles and places of the demo's activities."""

from activities.rules.activities import Admission, Kind

FESTIVAL, THEME = "5·25 心理健康节", "向阳而生，逐光而行"
BRAND, BRAND_WORDS = "青禾沙龙", "每月一次，围绕一个小话题坐下来聊聊"
PLACES = ("大学生活动中心 201", "图书馆报告厅", "心理中心团辅室", "东操场", "二教 305")
# Of the festival in May: title, kind, admission, places.
IN_MAY = (
    ("开幕式暨「认识你自己」主题讲座", Kind.LECTURE, Admission.OPEN, None),
    ("校园心理情景剧大赛", Kind.DRAMA, Admission.QUEUE, 60),
    ("「写给未来的自己」征文", Kind.ESSAY, Admission.OPEN, None),
    ("解压趣味运动会", Kind.SPORTS, Admission.QUEUE, 40),
    ("团体游戏：盲行与信任", Kind.GAMES, Admission.QUEUE, 24),
    ("心理微电影展映", Kind.SALON, Admission.QUEUE, 30),
    ("户外拓展体验营", Kind.GAMES, Admission.DRAW, 10),
    ("心理委员工作坊", Kind.TRAINING, Admission.CHOICE, 20),
)
# Of the last weeks: the salon comes every month.
SALONS = ("开学第一个月，还好吗", "宿舍里的那些小摩擦", "期中压力怎么办")
TO_COME = (
    ("考前放松训练", Kind.GROUP, Admission.QUEUE, 6),
    ("正念入门体验（抽签）", Kind.GROUP, Admission.DRAW, 8),
    ("冬日心理电影之夜", Kind.SALON, Admission.QUEUE, 80),
    ("生涯与情绪：学长学姐说", Kind.LECTURE, Admission.OPEN, None),
)
DISCREET = "人际关系成长小组"
UNDER_REVIEW = "学院心理趣味嘉年华"
DRAFT = "班级「夸夸会」"
DESCRIPTION = "不需要任何基础，带上好奇心就行。可以只听，也可以聊聊自己。"
SUMMARY = "到场同学互动积极，结束后有同学主动留下交流。下次可以把分组时间再留长一些。"
VOICES = (
    (5, "比想象中轻松，认识了新朋友"),
    (5, ""),
    (4, "时间再长一点就好了"),
    (5, "老师讲得很实用"),
    (3, "场地有点热"),
    (4, ""),
)
