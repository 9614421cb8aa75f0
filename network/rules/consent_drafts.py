"""Wordings to begin with. A school reads, adapts and publishes them; until then nobody is shown them. Pure."""

import re
from collections.abc import Mapping

from network.rules.consents import Purpose, Wording


def _flowing(text: str) -> str:
    """English paragraphs, wrapped here for the eye, as lines of their own."""
    return re.sub(r"(?<=[^\n])\n(?=[^\d\n])", " ", text)


DRAFTS: Mapping[Purpose, Wording] = {
    Purpose.SCREENING: Wording(
        "心理普查知情同意书",
        """为了及时发现需要帮助的同学，学校邀请你参加心理普查。

一、我们会收集什么：你在量表中的作答、用时和由此得出的结果。这些属于敏感个人信息。
二、用来做什么：只用于了解你的心理状态，必要时由心理中心与你约谈。不用于评奖评优、处分、入党、保研。
三、谁能看到：作答与分数只有心理中心的咨询师能看到；学院只知道需要做什么，看不到你的答案。
四、保存多久：见“我的数据”页面列出的期限，到期删除。
五、你的权利：参加与否由你决定，不同意不会有任何不利后果；你可以随时撤回同意，也可以查阅、复制、更正你的数据。
六、例外：如果作答显示你或他人的生命可能有危险，学校依法必须立即联系你并采取保护措施，这不以同意为前提。

有疑问请联系学校心理中心；任何时候都可以拨打 12356。""",
        "Consent to psychological screening",
        _flowing(
            """To notice in time who could use help, the university invites you to a psychological screening.

1. What is collected: your answers, the time you took and the results. These are sensitive personal data.
2. What for: only to learn how you are doing and, if need be, to invite you to a talk at the center. Never for awards,
discipline, party membership or admission.
3. Who sees it: answers and scores are seen by the center's counselors alone; your college learns what is to be done,
not what you answered.
4. How long: the periods are listed on the page “My data”; after that the data is deleted.
5. Your rights: taking part is your choice and saying no has no disadvantage. You may take your consent back at any
time, and see, copy or correct your data.
6. Exception: if your answers show danger to your life or another's, the university is bound by law to contact you and
to protect, whether or not you consented.

Please ask the mental health center if anything is unclear; 12356 can be called at any hour."""
        ),
    ),
    Purpose.COUNSELING: Wording(
        "心理咨询知情同意书",
        """欢迎来到心理中心。开始咨询前，请了解：

一、我们会收集什么：预约信息、登记表和咨询师的咨询记录。这些属于敏感个人信息。
二、用来做什么：只用于为你提供咨询服务。
三、谁能看到：咨询记录只有为你咨询的咨询师能看到。督导与案例研讨只使用去标识化的内容。
四、保密的例外：你或他人的生命可能有危险、未成年人受到侵害、法律要求披露时，只告知必要的人、必要的内容。
五、录音录像须另行征得你的书面同意。
六、你的权利：你可以随时结束咨询、撤回同意，也可以查阅、复制、更正你的数据。已经形成的记录依规定保存到期。""",
        "Consent to counseling",
        _flowing(
            """Welcome to the mental health center. Before we begin, please know:

1. What is collected: your booking, the intake form and the counselor's notes. These are sensitive personal data.
2. What for: only to counsel you.
3. Who sees it: session notes are read by your own counselor alone. Supervision and case seminars use de-identified
content only.
4. Limits of confidentiality: danger to your life or another's, abuse of a minor, or where the law demands it; then only
what is needed is told, and only to those who need it.
5. Recording needs your separate written consent.
6. Your rights: you may end counseling and take your consent back at any time, and see, copy or correct your data. Notes
that exist already are kept for the prescribed time."""
        ),
    ),
    Purpose.RESEARCH: Wording(
        "去标识化数据用于研究的知情同意书",
        """学校希望用去标识化的数据研究怎样更好地帮助同学。

一、用什么：普查结果和服务次数等数据，去除姓名、学号、联系方式等能认出你的信息。
二、用来做什么：校内研究与工作改进；结果只以统计形式发表，人数过少的一律不显示。
三、谁能看到：经学校批准的研究人员。
四、完全自愿：不同意不影响你得到的任何服务；撤回后，新的研究数据集不再包含你的数据，已经发表的统计无法收回。""",
        "Consent to research with de-identified data",
        _flowing(
            """The university would like to learn from de-identified data how to help students better.

1. What is used: screening results, numbers of services and the like, without name, student number, contact or anything
else by which you could be recognised.
2. What for: research within the university and better work; only statistics are published, small numbers never.
3. Who sees it: researchers whom the university has approved.
4. Entirely voluntary: saying no changes nothing in the help you get. Once you take it back, new research data no longer
contain yours; statistics that are out cannot be called back."""
        ),
    ),
    Purpose.PUBLICITY: Wording(
        "宣传中使用姓名或影像的知情同意书",
        """学校有时希望在心理健康活动的报道中使用参加者的姓名、照片或视频。

一、用什么：你参加公开活动时的姓名、照片、视频。绝不涉及普查、咨询或任何心理状态。
二、用在哪里：学校网站、公众号和宣传栏。
三、完全自愿：撤回后不再使用，网上的内容会在 5 个工作日内撤下；已经印出的材料无法收回。""",
        "Consent to name or picture in publicity",
        _flowing(
            """The university sometimes wishes to show names, photos or films of those who took part in public events.

1. What is used: your name, photo or film from public activities. Never anything about screening, counseling or how you
are doing.
2. Where: the university's site, its public account and notice boards.
3. Entirely voluntary: once you take it back it is no longer used, and is taken off line within 5 working days; what has
been printed cannot be called back."""
        ),
    ),
}
