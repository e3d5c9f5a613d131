"""The doors of the rooms of ask: what each exports, and that nobody goes past one.

A name that is added to a door, or taken away, is a change of what commands, pages and Python users stand on: it
has to be written here too.
"""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx import ask

ROOT = Path(__file__).resolve().parents[2]
DOORS = {
    "compliance": (
        "Exported FLAG_GROUPS FlagCount FlagCounts FlagEvidence FlagFilter FlagList FlagRow FlagView "
        "Precision QuotedTurn RuleReport STANDINGS SoundWanted WAITING check_trail count_flags count_trail "
        "describe_rule draft_rulebook export_evidence find_certificate find_flag find_flags_hint find_rule_text "
        "list_all_certificates list_flags list_trail measure_precision name_sealed read_hits seal see_flag see_flags "
        "show_flag unsealed"
    ),
    "customers": (
        "ACCOUNTS_BY AccountSummary AccountSummaryRow "
        "Calibration CalibrationBand CallPrediction CallbackList CallbackRow Comments CustomerAnswer "
        "CustomerCall CustomerReport "
        "DriverTable OUTCOME_COLUMNS OutcomeMeasure OutcomeRow OutcomeTable REPEAT_BY "
        "RatingShare ReliabilityRow RepeatRow Repeats SURVEY_BY Satisfaction "
        "SatisfactionFit SurveyRow calibrate describe_customer list_callbacks list_driver_rows "
        "list_outcomes read_repeats read_satisfaction summarise_accounts"
    ),
    "ground": (
        "ComparedMeasure Estimate GroupSums Hint MEASURES MEASURE_NAMES OfferedKind Period ScoreBy ScoreRow ScoreTable "
        "ShownCall TableForm Where expect_one find_call find_call_id find_hint find_name list_offered "
        "read_names read_numbers read_period reading settle_names show_call sum_calls"
    ),
    "operations": (
        "ALERT_BY Alert Alerts Cause Causes GAP_KINDS GapKind HANDLING_BY Handling HandlingRow MIN_EXCESS "
        "Outreach OutreachCustomer PAST_WEEKS PROBABILITY Reconciliation RecordingGap Shares Topic Topics "
        "choose_past_days find_alerts find_causes find_follow_up find_surge find_topics list_outreach "
        "read_customers read_handling reconcile"
    ),
    "people": (
        "AgentReport CaseMixRow CaseMixTable Difference GroupComparison Move QuestionCost "
        "QuestionCosts TrendGroup TrendRow TrendTable adjust_scores compare_two cost_questions "
        "count_by_hour describe_agent move_scores score_agents score_centers score_over_time "
        "score_teams"
    ),
    "qa": (
        "AgreementFilter AgreementReport DrawRow FormQuestion KEEP_WATCH ListedReview NothingLeft "
        "OfficialRow OfficialTable PlanEstimate PlanForm PlanRow QuestionAgreement ReviewFilter "
        "ReviewForm ReviewStep ReviewView SCORE_GROUPS digest_questions draw_plan estimate_plan "
        "list_draws list_plans list_reviews measure_questions read_form score_officially show_review"
    ),
    "runs": (
        "FailureRow KindCount LanguageCount LeftOut NightGaps RunStatus count_failures find_failure list_failures "
        "read_last_day read_left_out read_status"
    ),
    "search": (
        "CallList CallRow SavedRow SearchFilter SearchHit SearchPage count_calls count_new find_calls "
        "find_saved list_calls list_saved read_filters read_flagged read_name search write_filters"
    ),
}


def test_every_room_has_a_door() -> None:
    """And nothing stands beside the rooms but statistics."""
    found = {module.name: module.ispkg for module in pkgutil.iter_modules(ask.__path__)}
    assert set(DOORS) == {name for name, is_room in found.items() if is_room}
    assert {"statistics"} == {name for name, is_room in found.items() if not is_room}


@pytest.mark.parametrize("room", DOORS)
def test_a_door_exports_these_names(room: str) -> None:
    """No more, no fewer; each is there, and none is hidden by a module of its name."""
    door = importlib.import_module(f"speechcx.ask.{room}")
    assert DOORS[room].split() == sorted(door.__all__)
    modules = {module.name for module in pkgutil.iter_modules(door.__path__)}
    assert set() == modules & set(door.__all__)
    for name in door.__all__:
        assert getattr(door, name) is not None


def test_nobody_goes_past_a_door() -> None:
    """From outside a room its modules are not imported; ground is the floor that rooms of ask stand on."""
    past = []
    files = [*ROOT.glob("speechcx/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("scripts/**/*.py")]
    for path in files:
        where = path.relative_to(ROOT).parts
        inside = where[where.index("ask") + 1] if "ask" in where[:-1] else None
        for module in imported(path):
            _, _, room, *deep = *module.split("."), *[""] * 3
            is_floor = inside is not None and room == "ground"
            if module.startswith("speechcx.ask.") and any(deep) and room != inside and not is_floor:
                past.append(f"{'/'.join(where)}: {module}")
    assert [] == past


def imported(path: Path) -> list[str]:
    """Modules a file imports from."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]


def test_a_door_loads_what_is_asked_for_and_no_more() -> None:
    """Asking for scores loads no review, no rulebook reader and no evidence folder."""
    code = (
        "import sys; from speechcx.ask.people import score_agents;"
        "print([name for name in sys.modules if name.startswith('speechcx.ask.') and name.count('.') == 3])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = ast.literal_eval(ran.stdout)
    assert "speechcx.ask.people.aggregate" in loaded
    assert not {name.split(".")[2] for name in loaded} - {"people", "ground"}
