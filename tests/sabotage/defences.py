"""Every defence, and the tests that must go red when it is switched off. Run by `make sabotage`, on a copy of the tree.

To add one, append an entry to DEFENCES:

    Defence(
        "what is defended, in a few words",
        tests=("tests/network/test_x.py::test_name", …),      # at least one of them must fail
        changes=(Change("network/x.py", old="the code that defends", new="the code without it"), …),
    )

`old` must stand exactly once in the file, and `new` must leave a program that runs: a test that only fails because
nothing can be imported proves nothing, so the runner does not count it. `database="postgres"` runs the tests on
PostgreSQL with Redis. The ordinary suite checks that every `old` and every test still exists (test_defences.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One replacement in one file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Defence:
    """A defence and who guards it."""

    name: str
    tests: tuple[str, ...]
    changes: tuple[Change, ...]
    database: str = "sqlite"


HEADERS = "tests/kernel/test_headers.py::test_no_answer_is_kept_or_lent_and_each_carries_what_a_scanner_looks_for"
BOMBS = "tests/kernel/test_xlsx_bombs.py::test_a_bomb_is_refused_clearly_and_hurts_nothing"

SOLVED = (
    "tests/reporting/test_disclosure.py::test_no_sum_of_any_page_narrows_a_hidden_figure_to_fewer_than_three_values"
)
DEFENCES = (
    Defence(
        "after a reset sealed pages wait for another proof",
        (
            "tests/network/test_identity.py::test_the_answers_stay_shut_to_whoever_reset_the_password",
            "tests/attacks/test_impersonation.py::test_a_code_that_staff_have_seen_opens_no_answers",
        ),
        (Change("network/middleware.py", "if needs_proof(view) and not proves_identity(request):", "if False:"),),
    ),
    Defence(
        "nobody resets whom they have just appointed",
        ("tests/network/test_access_requests.py::test_nobody_resets_whom_they_have_just_appointed",),
        (Change("network/services/signin/resets.py", "if policies.appointed_lately([by.pk], user, at):", "if False:"),),
    ),
    Defence(
        "a wide post takes two people",
        ("tests/network/test_access_requests.py::test_nobody_alone_gives_a_post_that_opens_a_school_or_college",),
        (Change("network/services/posts.py", "if by is not None and role in WIDE_ROLES:", "if False:"),),
    ),
    Defence(
        "the second person was not made by the first",
        ("tests/network/test_access_requests.py::test_nobody_makes_the_second_person",),
        (
            Change(
                "network/policies.py",
                "return not appointed_lately([request.asked_by_id, request.holder_id], user, at)",
                "return True",
            ),
        ),
    ),
    Defence(
        "administrators hold no post that opens data",
        ("tests/network/test_access_requests.py::test_administrators_hold_no_data_role_in_either_direction",),
        (Change("network/services/posts.py", "if held[holder.pk] & excluded_roles(role):", "if False:"),),
    ),
    Defence(
        "a session ends twelve hours after sign-in",
        ("tests/network/test_sessions.py::test_a_session_ends_twelve_hours_after_sign_in_however_much_it_is_used",),
        (Change("network/rules/signin.py", "if age >= LONGEST_SESSION:", "if False:"),),
    ),
    Defence(
        "a wrong first code costs as much as a wrong password",
        ("tests/network/test_attempts.py::test_a_wrong_guess_costs_the_same_whatever_state_the_account_is_in",),
        (Change("network/hashers.py", "        Argon2Floor().encode(password, salt)\n", ""),),
    ),
    Defence(
        "scope: rows of students",
        ("tests/network/test_scope.py::test_without_a_post_nothing_is_seen",),
        (
            Change(
                "network/models/base.py",
                "        condition = Scope.of(user).rows(abilities)\n"
                "        return self.none() if condition is None else self.filter(condition)",
                "        return self.all()",
            ),
        ),
    ),
    Defence(
        "scope: posts",
        ("tests/network/test_scope.py::test_posts_are_seen_from_the_post_downwards",),
        (
            Change(
                "network/models/units.py",
                '        condition = scope.below(abilities or scope.abilities, "unit__")\n'
                "        return self.none() if condition is None else self.filter(condition)",
                "        return self.all()",
            ),
        ),
    ),
    Defence(
        "sign-in is asked for by default",
        ("tests/attacks/test_requests.py::test_a_stranger_learns_nothing_from_any_address",),
        (
            # The door asks for it as well: each alone would be enough.
            Change("portal/settings.py", '    "django.contrib.auth.middleware.LoginRequiredMiddleware",\n', ""),
            Change(
                "network/middleware.py",
                'return None if hasattr(view, "cls") else redirect_to_login(request.get_full_path())',
                "return None",
            ),
        ),
    ),
    Defence(
        "the first password is changed first",
        ("tests/network/test_accounts.py::test_the_first_sign_in_leads_to_a_password_of_ones_own",),
        (Change("network/middleware.py", "if not user.must_change_password or (match", "if True or (match"),),
    ),
    Defence(
        "forms of other sites are refused",
        ("tests/attacks/test_requests.py::test_another_site_cannot_send_a_form",),
        (Change("portal/settings.py", '    "django.middleware.csrf.CsrfViewMiddleware",\n', ""),),
    ),
    Defence(
        "the API serves nobody by default",
        ("tests/portal/test_api.py::test_a_view_that_names_nobody_serves_nobody",),
        (
            Change(
                "network/permissions.py",
                "        if access is None:\n            return False",
                "        if access is None:\n            return True",
            ),
        ),
    ),
    Defence(
        "guesses at a password are counted",
        ("tests/network/test_accounts.py::test_five_wrong_passwords_close_the_door_for_five_minutes",),
        (
            Change(
                "network/rules/signin.py",
                'ACCOUNT_LIMITS = (Limit("account", 5, 5 * 60), Limit("account", 10, 12 * 3600))',
                'ACCOUNT_LIMITS = (Limit("account", 9999, 5 * 60),)',
            ),
        ),
    ),
    Defence(
        "acts are recorded",
        ("tests/kernel/test_audit.py::test_an_event_says_who_did_what_to_what",),
        (
            Change(
                "kernel/audit.py",
                "    chain.append([event(action=action, by=by, at=at, obj=obj, unit=unit, detail=detail, **told)])",
                "    assert told",
            ),
        ),
    ),
    Defence(
        "the audit log cannot be changed",
        ("tests/kernel/test_audit.py::test_the_database_refuses_to_change_or_delete_events",),
        (
            Change(
                "kernel/guards.py",
                "    guard(connection, AUDIT_TABLES)",
                "    guard(connection, ())",
            ),
        ),
    ),
    Defence(
        "confidential columns are encrypted",
        (
            "tests/attacks/test_canaries.py::test_two_hundred_canaries_are_in_no_dump_log_mail_or_queue",
            "tests/kernel/test_fields.py::test_what_is_saved_is_read_back_and_stands_encrypted",
        ),
        (
            Change(
                "kernel/fields.py",
                "return self.write(model_instance, str(value))",
                "return Ciphertext(str(value))",
            ),
        ),
    ),
    Defence(
        "a ciphertext is bound to its place",
        ("tests/kernel/test_fields.py::test_ciphertexts_that_were_moved_are_all_refused",),
        (
            Change(
                "kernel/fields.py",
                'return "\\0".join((self.model._meta.db_table, str(self.column), str(key))).encode()',
                'return b"anywhere" if key else b""',
            ),
        ),
    ),
    Defence(
        "one column stays plain text",
        ("tests/attacks/test_canaries.py::test_two_hundred_canaries_are_in_no_dump_log_mail_or_queue",),
        (
            Change(
                "reporting/models/reports.py",
                'observation = EncryptedTextField(_("what was seen"), max_length=OBSERVATION_LENGTH,',
                'observation = models.TextField(_("what was seen"), max_length=OBSERVATION_LENGTH,',
            ),
        ),
    ),
    Defence(
        "keys are no part of SECRET_KEY",
        ("tests/kernel/test_checks.py::test_a_key_that_is_part_of_the_secret_key_is_refused_and_not_quoted",),
        (Change("kernel/checks.py", "if _text(key) in settings.SECRET_KEY or key in", "if not key or key in"),),
    ),
    Defence(
        "key files are closed",
        ("tests/kernel/test_checks.py::test_a_file_with_keys_that_everybody_can_read_is_refused",),
        (Change("kernel/checks.py", "stat.S_IROTH | stat.S_IWOTH", "0"),),
    ),
    Defence(
        "a killed key rotation leaves whole batches",
        ("tests/kernel/test_rotate_keys.py::test_a_killed_run_leaves_every_row_readable_and_goes_on_where_it_was",),
        (Change("kernel/management/commands/rotate_keys.py", "with transaction.atomic():", "if transaction:"),),
    ),
    Defence(
        "pages say where scripts come from",
        (HEADERS, "tests/attacks/test_scripts.py::test_the_policy_stops_what_markup_would_let_in"),
        (Change("portal/settings.py", '    "csp.middleware.CSPMiddleware",\n', ""),),
    ),
    Defence(
        "pages allow no inline script",
        (
            "tests/kernel/test_headers.py::test_scripts_and_styles_come_from_here_or_carry_the_nonce_of_the_answer",
            "tests/attacks/test_scripts.py::test_the_policy_stops_what_markup_would_let_in",
        ),
        (Change("portal/settings.py", '"script-src": [SELF, NONCE]', '"script-src": [SELF, "\'unsafe-inline\'"]'),),
    ),
    Defence(
        "texts are escaped",
        ("tests/attacks/test_scripts.py::test_no_payload_runs_on_any_page",),
        (
            Change(
                "portal/settings.py",
                '        "OPTIONS": {\n            "context_processors": [',
                '        "OPTIONS": {\n            "autoescape": False,\n            "context_processors": [',
            ),
        ),
    ),
    Defence(
        "personal pages are kept nowhere",
        (HEADERS,),
        (Change("kernel/headers.py", "            keep_nowhere(response)", "            pass"),),
    ),
    Defence(
        "pages are not framed",
        (HEADERS,),
        (Change("portal/settings.py", '    "django.middleware.clickjacking.XFrameOptionsMiddleware",\n', ""),),
    ),
    Defence(
        "https stays https",
        ("tests/kernel/test_headers.py::test_over_https_browsers_are_told_to_stay_there",),
        (Change("portal/settings.py", "31536000 if HTTPS else 0", "0"),),
    ),
    Defence(
        "exports hold texts, no formulas",
        ("tests/attacks/test_formulas.py::test_the_writer_keeps_every_text_a_text",),
        (
            Change("kernel/xlsx/writing.py", '"strings_to_formulas": False', '"strings_to_formulas": True'),
            Change(
                "kernel/xlsx/writing.py",
                "        if isinstance(value, str):\n            sheet.write_string(number, column, value, style)",
                "        if isinstance(value, str):\n            sheet.write(number, column, value, style)",
            ),
        ),
    ),
    Defence(
        "a workbook has little time",
        (BOMBS,),
        (Change("kernel/xlsx/child.py", "    resource.setrlimit(resource.RLIMIT_CPU,", "    tuple,("),),
    ),
    Defence(
        "a workbook has no entities",
        (BOMBS, "tests/kernel/test_xlsx.py::test_entities_and_other_encodings_are_refused"),
        (
            Change("kernel/xlsx/child.py", 'b"<!D" in piece', 'b"<!Dnothing" in piece'),
            Change("kernel/xlsx/child.py", 'b"<!E" in piece', 'b"<!Enothing" in piece'),
        ),
    ),
    Defence(
        "a workbook inflates to a limit",
        (BOMBS,),
        (
            Change(
                "kernel/xlsx/child.py",
                'if sum(part.file_size for part in parts) > limits["inflated"]:',
                "if not parts:",
            ),
        ),
    ),
    Defence(
        "a picture has so many pixels",
        ("tests/kernel/test_uploads.py::test_bombs_do_not_go_off",),
        (Change("kernel/uploads/child.py", "        check_size(picture, limits)\n", ""),),
    ),
    Defence(
        "a picture tells nothing of the camera",
        ("tests/kernel/test_uploads.py::test_place_time_and_camera_do_not_come_along",),
        (Change("kernel/uploads/child.py", "    upright.info = {}\n", ""),),
    ),
    Defence(
        "an upload is what its bytes say",
        ("tests/kernel/test_uploads.py::test_what_is_no_whole_picture_or_pdf_is_refused_with_what_to_do",),
        (Change("kernel/uploads/kinds.py", 'if data.startswith(b"%PDF-"):', "if data:"),),
    ),
    Defence(
        "a PDF fetches nothing",
        ("tests/kernel/test_pdf.py::test_nothing_is_fetched",),
        (Change("kernel/pdf.py", "if not url.lower().startswith(IMAGES):", "if not url:"),),
    ),
    Defence(
        "small cells are hidden",
        ("tests/kernel/test_suppression.py::test_small_counts_are_hidden_and_what_is_shown_is_true",),
        (Change("kernel/suppression.py", "if 0 < arc.count < floor and", "if 0 < arc.count < 1 and"),),
    ),
    Defence(
        "small cells are covered",
        (
            "tests/reporting/test_disclosure.py::test_no_sum_of_any_page_narrows_a_hidden_figure_to_fewer_than_three_values",
        ),
        (
            Change(
                "kernel/suppression.py",
                "            self._cover(*self._waiting.popleft())",
                "            self._waiting.popleft()",
            ),
        ),
    ),
    Defence(
        "name and weather do not open signs",
        ("tests/reporting/test_sight.py::test_signs_are_for_those_who_read_lines",),
        (Change("reporting/policies.py", "flags=lines or not summary)", "flags=True)"),),
    ),
    Defence(
        "a mail has one subject line",
        ("tests/kernel/test_notices.py::test_a_line_break_in_a_parameter_starts_no_header",),
        (
            Change(
                "kernel/delivery.py",
                'sentence = " ".join(notice.sentence().split())',
                "sentence = notice.sentence()",
            ),
        ),
    ),
    Defence(
        "notices carry no words that people wrote",
        ("tests/kernel/test_notices.py::test_texts_that_people_wrote_have_no_place_in_a_notice",),
        (Change("kernel/notices.py", "if len(str(value)) > LONGEST_PARAMETER:", "if not name:"),),
    ),
    Defence(
        "a view without declared route access answers nobody",
        ("tests/architecture/test_access.py::test_an_undeclared_view_answers_nobody",),
        (Change("portal/settings.py", '    "network.middleware.RouteAccessMiddleware",\n', ""),),
    ),
    Defence(
        "a grant counts for its role alone",
        ("tests/architecture/test_access_stale.py::test_a_grant_that_is_not_of_the_posts_role_opens_nothing",),
        (Change("network/scope.py", "if codename in GRANTS[Role(role)]:", "if Role(role) in GRANTS:"),),
    ),
    Defence(
        "a job asks again",
        ("tests/architecture/test_access_stale.py::test_an_export_in_the_queue_delivers_nothing_to_who_lost_the_post",),
        (
            Change(
                "reporting/services/exports.py",
                "    _check(unit, month, by=by)\n    content =",
                "    content =",
            ),
        ),
    ),
    Defence(
        "three administrators are three people",
        ("tests/architecture/test_access_administrators.py::test_nobody_holds_two_of_the_three",),
        (Change("network/rules/appointments.py", "(ADMINISTRATORS | DATA_ROLES) - {role}", "DATA_ROLES - {role}"),),
    ),
    Defence(
        "a second factor is asked for",
        ("tests/network/test_factors.py::test_a_session_that_has_not_shown_the_factor_shows_it_first",),
        (Change("portal/settings.py", '    "network.middleware.SecondFactorMiddleware",\n', ""),),
    ),
    Defence(
        "sessions end with the post",
        ("tests/network/test_sessions.py::test_a_session_ends_with_what_it_stood_on",),
        (
            Change(
                "network/services/signin/sessions.py",
                "        ended += _end(UserSession.objects.filter(user__in=batch).exclude(session_key=keep))",
                "        ended += len(batch) if keep else 0",
            ),
        ),
    ),
    Defence(
        "the audit log is a chain",
        ("tests/kernel/test_chain.py::test_the_first_broken_entry_is_named",),
        (Change("kernel/chain.py", "if digests.digest(**values) != stored:", "if not stored:"),),
    ),
    Defence(
        "an anchor tells that the log was written anew",
        ("tests/kernel/test_chain.py::test_a_log_that_was_written_anew_is_seen_with_an_anchor_alone",),
        (Change("kernel/chain.py", "if anchored.get(sequence, {hash_value}) != {hash_value}:", "if not hash_value:"),),
    ),
    Defence(
        "whoever breaks a glass says why",
        ("tests/network/test_break_glass.py::test_a_short_reason_is_kept_and_refused_unless_a_life_is_at_risk",),
        (
            Change(
                "network/rules/access_log.py",
                "return length >= (1 if is_emergency else SHORTEST_REASON)",
                "return length >= (1 if is_emergency else 0)",
            ),
        ),
    ),
    Defence(
        "a broken glass closes by itself",
        ("tests/network/test_break_glass.py::test_the_glass_closes_after_sixty_minutes_and_with_the_post",),
        (Change("network/rules/access_log.py", "OPEN_FOR = timedelta(minutes=60)", "OPEN_FOR = timedelta(days=60)"),),
    ),
    Defence(
        "each look is recorded",
        ("tests/network/test_access_log.py::test_a_look_notes_whose_data_as_what_and_what_for",),
        (
            Change(
                "network/services/privacy/access_log.py",
                "        subject=str(student.pk),\n        role=roles",
                "        role=roles",
            ),
        ),
    ),
    Defence(
        "nobody answers without consent",
        ("tests/screening/test_views_papers.py::test_a_consent_taken_back_stops_the_paper",),
        (Change("screening/services/papers/answering.py", "    if not consent_stands(paper):", "    if not paper:"),),
    ),
    Defence(
        "a critical answer rings",
        ("tests/screening/test_answering.py::test_a_critical_answer_rings_before_the_paper_is_finished",),
        (
            Change(
                "screening/services/papers/answering.py",
                "    calls = not sheet.rang and critical_codes(sheet, instrument)",
                "    calls = sheet.rang and critical_codes(sheet, instrument)",
            ),
        ),
    ),
    Defence(
        "a hold keeps what retention would delete",
        ("tests/network/test_retention.py::test_a_legal_hold_keeps_everything_of_a_student_until_it_ends",),
        (
            Change(
                "network/services/privacy/retention.py",
                '    held = Q(pk__in=LegalHold.objects.in_force(at).filter(school=school).values("student"))',
                "    held = Q(pk__in=LegalHold.objects.none())",
            ),
        ),
    ),
    Defence(
        "what was erased does not come back",
        ("tests/network/test_erasure.py::test_what_was_erased_does_not_come_back_with_a_backup",),
        (
            Change(
                "network/services/privacy/erasure.py",
                "        kinds = {} if student is None else _take(student, at)",
                "        kinds: dict[str, int] = {}",
            ),
        ),
    ),
    Defence(
        "a level is lowered by two people",
        ("tests/crisis/test_lowering.py::test_red_is_lowered_by_a_counselor_and_the_director_together",),
        (Change("crisis/services/cases/lowering.py", "if by.pk == request.requested_by_id:", "if not by.pk:"),),
    ),
    Defence(
        "nobody handles an alarm about themselves",
        ("tests/crisis/test_alarm_pages.py::test_nobody_handles_an_alarm_about_themselves",),
        (
            Change(
                "crisis/policies.py",
                "    return student is not None and bool(student.user_id == user.pk)",
                "    return student is not None and not user",
            ),
        ),
    ),
    Defence(
        "a flood of reports calls each person once in five minutes",
        ("tests/crisis/test_alarm_flood.py::test_forty_requests_for_help_call_each_person_once_and_keep_every_word",),
        (Change("crisis/rules/ringing.py", "QUIET = timedelta(minutes=5)", "QUIET = timedelta(0)"),),
    ),
    Defence(
        "a date of crisis work has bounds in the service, whatever the form lets through",
        ("tests/crisis/test_dates.py::test_the_services_refuse_what_no_form_has_checked",),
        (
            Change(
                "crisis/services/dates.py",
                "    if value is None or reach.covers(value, at):",
                "    if value is None or reach is not None:",
            ),
        ),
    ),
    Defence(
        "one row that fails does not stop the scheduled work of the others",
        ("tests/crisis/test_scheduled.py::test_a_case_that_fails_does_not_stop_the_next",),
        (Change("crisis/services/scheduled.py", "        except Exception:", "        except KeyboardInterrupt:"),),
    ),
    Defence(
        "a level stays for its time",
        ("tests/crisis/test_lowering.py::test_what_the_rules_forbid_is_refused_in_words",),
        (Change("crisis/rules/levels.py", "    if at < earliest_lowering(level, since):", "    if at < since:"),),
    ),
    Defence(
        "the cache reads JSON, never a pickle",
        ("tests/attacks/test_machinery.py::test_a_pickle_in_the_cache_runs_no_code",),
        (Change("kernel/cache.py", '"serializer": JSONSerializer', '"serializer": None'),),
    ),
    Defence(
        "one address of a group bot is one address",
        ("tests/attacks/test_machinery.py::test_a_second_address_behind_the_one_of_a_group_bot_is_not_called",),
        (
            Change("kernel/bots.py", "SEPARATORS.search(url) or ", ""),
            Change("kernel/bots.py", "sender.add(bot)", "sender.add(message.url)"),
        ),
    ),
    Defence(
        "characters that no database keeps are taken out at the door",
        ("tests/attacks/test_fuzz.py::test_what_cannot_be_stored_is_cleaned_or_refused",),
        (Change("portal/settings.py", '    "kernel.clean_input.CleanInputMiddleware",\n', ""),),
    ),
    Defence(
        "months and days have bounds",
        ("tests/attacks/test_fuzz.py::test_an_address_at_the_edge_has_a_page",),
        (Change("kernel/periods.py", "EARLIEST.year <= int(text[:4]) <= LATEST.year", "int(text[:4]) >= 0"),),
    ),
    Defence(
        "no two sessions of one counselor, room or student overlap",
        tests=("tests/counseling/test_races.py::test_the_database_refuses_what_a_service_forgot",),
        changes=(
            Change(
                "counseling/migrations/0001_initial.py",
                old='    guards.refuse_overlaps(schema_editor.connection, "counseling_slot")',
                new="    pass",
            ),
        ),
    ),
    Defence(
        "nobody but the director and the counselor sees who comes",
        tests=("tests/counseling/test_privacy.py::test_only_the_director_and_the_counselor_see_them",),
        changes=(
            Change(
                "counseling/models/sessions.py",
                old="return self.filter(Q(school__in=schools) | Q(session__counselor__user=user.pk))",
                new="return self.all()",
            ),
        ),
    ),
    Defence(
        "an offered time is the student's alone",
        tests=("tests/counseling/test_waiting.py::test_offers_answer_to_their_student_alone",),
        changes=(
            Change(
                "counseling/policies.py",
                old="""    \"\"\"SECURITY: the student alone.\"\"\"
    return may_book_for_oneself(user, student)""",
                new="    return True",
            ),
        ),
    ),
    Defence(
        "a time is not accepted after its offer has ended",
        tests=(
            "tests/counseling/test_waiting.py::test_a_moment_too_late_the_place_is_kept_and_the_next_one_is_offered",
        ),
        changes=(
            Change(
                "counseling/services/offers.py",
                old="if locked.state != OfferState.OPEN.value or at > locked.held_until:",
                new="if locked.state != OfferState.OPEN.value:",
            ),
        ),
    ),
)
