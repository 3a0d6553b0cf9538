from hypothesis import given
from hypothesis import strategies as st

from synthetic_data.streams import rng_for

keys = st.lists(st.one_of(st.text(max_size=8), st.integers(0, 2**40)), min_size=1, max_size=4).map(tuple)


@given(seed=st.integers(0, 2**63 - 1), key=keys)
def test_a_stream_is_the_same_however_often_it_is_asked_for(seed, key):
    assert (rng_for(seed, *key).random(4) == rng_for(seed, *key).random(4)).all()


@given(one=keys, other=keys)
def test_two_names_have_two_streams_and_using_one_moves_no_other(one, other):
    undisturbed = rng_for(7, *other).random(4)
    if one != other:
        assert (rng_for(7, *one).random(4) != undisturbed).any()
    first = rng_for(7, *other)
    rng_for(7, *one).random(1000)
    assert (first.random(4) == undisturbed).all()


def test_names_are_not_glued_together():
    assert rng_for(7, "ab", "c").random() != rng_for(7, "a", "bc").random()
    assert rng_for(7, "1").random() != rng_for(7, 1).random()


def test_the_bits_are_the_same_on_every_machine():
    # Raw bits of the counter-based generator: no floating point, no distribution, nothing that may change.
    assert rng_for(7, "names", "vi").bit_generator.random_raw() == 6988674140932037345
