"""What somebody reads whose workbook is refused: what is wrong, and what to do about it."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "not-xlsx": _("This is not an Excel workbook. Open it in Excel or WPS, save it as .xlsx, and upload that file."),
    "old-xls": _("This is an old .xls workbook. Open it in Excel or WPS, save it as .xlsx, and upload that file."),
    "encrypted": _("This workbook has a password. Take the password off, save it, and upload it again."),
    "damaged": _(
        "This workbook cannot be read. Open it in Excel or WPS, save it under a new name, and upload that file."
    ),
    "too-large": _("This workbook is too large. Split it into several files, for instance one per college."),
    "too-many-rows": _(
        "This workbook has too many rows. Delete what stands below the data, or split it into several files."
    ),
    "too-many-columns": _("This workbook has too many columns. Delete the columns to the right of the data."),
    "external-links": _(
        "This workbook refers to other workbooks. Paste its data as values into a new one, and upload that."
    ),
    "macros": _("This workbook contains macros. Save it as .xlsx, which has none, and upload that file."),
    "csv-is-workbook": _("This file is a workbook, though its name says text. Name it .xlsx and upload it again."),
    "csv-zero": _(
        "Row %(row)s holds a zero byte, which no text has. Open the file in Excel or WPS, save it anew, and upload it."
    ),
    "csv-encoding": _(
        "Row %(row)s is written in another encoding than other rows. Open the file in Excel or WPS, put that row "
        "right, save it as “CSV UTF-8”, and upload that."
    ),
    "csv-quotes": _(
        "From row %(row)s on the quotation marks do not match. Put them right, or save the table as .xlsx instead."
    ),
    "csv-columns": _(
        "Row %(row)s has %(columns)s columns; %(most)s are the most that can be read. Delete the columns to the right."
    ),
    "csv-rows": _("This file has more than %(most)s rows. Split it into several files, for instance one per college."),
    "too-slow": _("Reading this workbook takes too long. Split it into several files, for instance one per college."),
}
