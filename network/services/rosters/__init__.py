from network.services.rosters.imports import (
    answer_renames,
    apply_import,
    ask_undo,
    compare_file,
    compare_import,
    confirm_import,
    discard_import,
    import_file,
    is_blocked,
    newest_job,
    undo_import,
    upload_roster,
)
from network.services.rosters.sheets import fault_sheets, sample_sheets

__all__ = [
    "answer_renames",
    "apply_import",
    "ask_undo",
    "compare_file",
    "compare_import",
    "confirm_import",
    "discard_import",
    "fault_sheets",
    "import_file",
    "is_blocked",
    "newest_job",
    "sample_sheets",
    "undo_import",
    "upload_roster",
]
