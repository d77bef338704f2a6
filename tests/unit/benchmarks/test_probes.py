"""Every event that was sent to be seen counts, those too that a stall held back."""

from benchmarks.pipeline.probes import Probes


def sent(*times: float) -> Probes:
    probes = Probes()
    for at in times:
        probes.accepted(at)
    return probes


def test_each_takes_from_its_202_to_the_answer_that_counts_it() -> None:
    probes = sent(1.0, 2.0)
    probes.counted(1, 2.5)
    probes.counted(2, 2.75)
    assert probes.seconds() == [1.5, 0.75]


def test_all_that_a_stall_held_back_are_as_late_as_it_made_them() -> None:
    probes = sent(*range(10))
    probes.counted(10, 10.0)
    assert probes.seconds() == [10.0 - at for at in range(10)]


def test_an_answer_that_counts_no_more_changes_nothing() -> None:
    probes = sent(1.0, 2.0)
    for at in (2.5, 3.0):
        probes.counted(1, at)
    probes.counted(0, 3.5)
    assert probes.seconds() == [1.5]


def test_those_that_nobody_counts_yet_are_known() -> None:
    probes = sent(1.0, 2.0, 3.0)
    assert probes.unseen == 3
    probes.counted(2, 4.0)
    assert probes.unseen == 1
    probes.counted(3, 5.0)
    assert probes.unseen == 0


def test_one_that_is_counted_before_its_202_is_there_took_no_time() -> None:
    probes = sent(1.0)
    probes.counted(2, 2.0)
    probes.accepted(2.25)
    assert probes.unseen == 0
    assert probes.seconds() == [1.0, 0.0]
