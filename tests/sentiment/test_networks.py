"""What is particular in the networks that are trained. Needs the ``train`` extra's torch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")


def test_quick_dropout() -> None:
    """A tenth is dropped, the mean stays, the seed decides, and a finished network drops nothing."""
    from scripts.sentiment.networks import QuickDropout

    layer, given = QuickDropout(0.1), torch.ones(1000, 333)
    torch.manual_seed(1)
    found = layer(given)
    assert found.unique().tolist() == pytest.approx([0.0, 256 / 230])
    assert float((found == 0).float().mean()) == pytest.approx(26 / 256, abs=0.003)
    assert float(found.mean()) == pytest.approx(1.0, abs=0.003)
    torch.manual_seed(1)
    assert torch.equal(layer(given), found)
    assert not torch.equal(layer(given), found)
    assert layer(given.bfloat16()).dtype == torch.bfloat16
    assert layer.eval()(given) is given
