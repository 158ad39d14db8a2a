"""What kind of file a published text is, by the keys at its root, never by its name."""

from __future__ import annotations

from trocar.benchmarks.inflate import Text
from trocar.benchmarks.json_parts import MalformedError
from trocar.benchmarks.json_stream import Stream

HOSPITAL = "hospital"
_TELLING = {
    "in_network": "in_network",
    "provider_references": "in_network",
    "out_of_network": "allowed_amounts",
    "reporting_structure": "index",
    "provider_groups": "provider_reference",
    "standard_charge_information": HOSPITAL,
    "hospital_name": HOSPITAL,
    "attestation": HOSPITAL,
    "affirmation": HOSPITAL,
}


def kind_of(text: Text) -> str:
    """The kind; empty for JSON that is none of them. What is no JSON object is taken for a hospital's CSV."""
    with text.open_raw() as file:
        stream = Stream(file.readinto, chunk=1 << 16)
        stream.begin()
        if stream.peek() != b"{":
            return HOSPITAL
        try:
            for key in stream.members():
                if key.lower() in _TELLING:
                    return _TELLING[key.lower()]
        except MalformedError:
            pass
    return ""
