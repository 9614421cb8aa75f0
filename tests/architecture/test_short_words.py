"""One English id has one meaning. An id of one or two words says too little to tell meanings apart: where it stands in
more than one app it carries a context, or stands in the list below with the one Chinese word that fits everywhere."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext, override

ROOT = Path(__file__).resolve().parents[2]
APPS = ("activities", "counseling", "crisis", "demo", "kernel", "network", "portal", "reporting", "screening")
CALLS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
# {% translate "…" %} without a context, and _("…") as an argument of a tag.
TAG = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')(?!\s*context)|_\((?:"([^"]*)"|'([^']*)')\)""")
LONGEST = 2
# Before a word goes in here: look at every place where it stands, in Chinese. Does the same word fit?
SAME_EVERYWHERE = {
    ", ": "，",
    "Activity": "活动",
    "Add": "添加",
    "Address": "地址",
    "Afterwards": "后续",
    "All": "全部",
    "All alarms": "全部警报",
    "Answer": "答复",
    "Bad rows": "有问题的行",
    "Campus": "校区",
    "Cancel": "取消",
    "Cancel it": "取消",
    "Center director": "中心主任",
    "Chinese": "中文",
    "Class": "班级",
    "Class reports": "班级报告",
    "College": "学院",
    "College coordinator": "心理专干",
    "College reports": "学院报告",
    "Column": "列",
    "Counseling": "心理咨询",
    "Counseling center": "心理中心",
    "Counselor": "咨询师",
    "Days": "日期",
    "Decision": "决定",
    "Discard": "丢弃",
    "Dorm reports": "宿舍报告",
    "Download": "下载",
    "Draft": "草稿",
    "End": "结束",
    "End it": "结束",
    "English": "English",
    "Entered by": "登记人",
    "Expected today": "今天的预约",
    "Family": "家庭",
    "Figures": "数据",
    "File": "文件",
    "First day": "开始日期",
    "Go on": "继续",
    "Guardian": "监护人",
    "Home": "首页",
    "Import": "导入",
    "Import now": "确认导入",
    "In use": "使用中",
    "Keep": "保存",
    "Key figures": "关键数据",
    "Kind": "类别",
    "Last day": "结束日期",
    "Level": "层级",
    "Month": "月份",
    "Monthly reports": "每月排查",
    "My times": "我的时间",
    "My week": "我的一周",
    "Name": "姓名",
    "None yet.": "还没有。",
    "Note": "说明",
    "Note it": "记录",
    "Noted.": "已登记。",
    "Nothing here": "这里是空的",
    "Notices": "消息",
    "Number": "账号",
    "Open it": "启用",
    "Operator training": "操作员培训",
    "Phone": "电话",
    "Reason": "原因",
    "Remove": "移除",
    "Reported on": "已排查",
    "Reports filed": "上报过的报告",
    "Room": "宿舍",
    "Row": "行",
    "Save": "保存",
    "Saved.": "已保存。",
    "School leader": "分管校领导",
    "School settings": "学校设置",
    "Screening": "心理普查",
    "Search": "搜索",
    "Seats": "座位数",
    "Send": "提交",
    "Send back": "退回",
    "Sex": "性别",
    "Show": "查看",
    "Show all": "查看全部",
    "Shown": "显示",
    "Sorted by": "排序",
    "Staff number": "工号",
    "State": "状态",
    "Steps": "步骤",
    "Student": "学生",
    "Student number": "学号",
    "Students": "学生",
    "Take out": "移除",
    "Talks": "约谈",
    "This month": "本月",
    "Undo": "撤销",
    "Unit": "单位",
    "Units": "单位",
    "Upload": "上传",
    "Uploaded": "上传时间",
    "Valid until": "有效期至",
    "Version": "版本",
    "Versions": "版本",
    "Views": "视图",
    "What happened": "经过",
    "When": "时间",
    "Where": "地点",
    "Why": "理由",
    "action": "操作",
    "address": "地址",
    "agreed": "已同意",
    "answers": "作答",
    "campus": "校区",
    "code": "代码",
    "done": "已完成",
    "due": "截止",
    "ends": "结束",
    "first day": "开始日期",
    "from": "起",
    "goal": "目标",
    "how": "方式",
    "in use": "使用中",
    "kind": "类别",
    "last day": "结束日期",
    "late": "迟交",
    "level": "层级",
    "name": "名称",
    "new": "新",
    "nobody yet": "还没有人",
    "none yet": "还没有",
    "phone": "手机号",
    "purpose": "目的",
    "reached": "已达到",
    "reason": "理由",
    "relation": "与本人关系",
    "role": "岗位",
    "room": "房间",
    "seats": "座位数",
    "state": "状态",
    "time": "时间",
    "title": "标题",
    "to": "止",
    "topic": "主题",
    "valid until": "有效期至",
    "version": "版本",
    "weeks": "周次",
    "when": "时间",
    "who": "操作人",
}


def test_a_short_id_in_several_apps_has_a_context_or_one_meaning() -> None:
    shared = {words for words, apps in apps_of_short_words().items() if len(apps) > 1}
    unknown = sorted(shared - set(SAME_EVERYWHERE))
    assert not unknown, "give these a context, or one meaning in SAME_EVERYWHERE"
    assert sorted(set(SAME_EVERYWHERE) - shared) == [], "these need no entry any more"


def test_its_chinese_is_the_word_that_fits_everywhere() -> None:
    with override("zh-hans"):
        assert {words: gettext(words) for words in SAME_EVERYWHERE} == SAME_EVERYWHERE


def apps_of_short_words() -> dict[str, set[str]]:
    """The ids of one or two words without a context, each with the apps in which it stands."""
    apps: dict[str, set[str]] = defaultdict(set)
    for app in APPS:
        for path in (ROOT / "templates" / app).glob("**/*.html"):
            for words in _in_template(path.read_text()):
                apps[words].add(app)
        for path in (ROOT / app).glob("**/*.py"):
            for words in _in_python(path.read_text()):
                apps[words].add(app)
    return {words: found for words, found in apps.items() if len(words.split()) <= LONGEST}


def _in_template(text: str) -> Iterator[str]:
    for tag in TAG.finditer(text):
        yield next(words for words in tag.groups() if words is not None)


def _in_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            value = node.args[0]
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
