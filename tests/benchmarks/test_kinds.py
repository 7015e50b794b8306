"""What every mail at hand is told to be, as a table: bounces and automatic answers beside ordinary mail."""

from tests.benchmarks.report import report
from tests.mailroom.corpora import TOLD, judge, specimens, table


def test_kinds() -> None:
    own = {specimen: specimen.kind for specimen in specimens()}
    print("\n" + table(own))
    verdict = judge(own)
    told = sum(verdict.declared[kind] for kind in TOLD)
    print(
        f"\n{verdict.bounces.total()} bounces with truth; {verdict.ordinary.total()} ordinary mails. "
        f"{verdict.declared.total()} more, in collections without truth,\nsay by a standard's header or part that "
        f"a machine wrote them: {told} of them are told. Taken for something else:"
    )
    for specimen, kind in verdict.faults:
        print(f"  {specimen.path.name}: {kind}")
    figures = {}
    for how, one in (("ours", verdict), ("ours and flufl.bounce", judge({each: each.with_flufl for each in own}))):
        figures[f"bounces told from ordinary mail, {how}"] = 100 * one.recall
        figures[f"ordinary mail called bounce or automatic, {how}"] = 100 * one.false_alarms
    report("kinds", figures, "%")
