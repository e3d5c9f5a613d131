"""Facts of other systems, kept beside calls: legs of call records, calls made from them, answers to surveys.

Takes: :class:`~speechcx.call.facts.CallLeg` and :class:`~speechcx.call.facts.SurveyAnswer`, with the import they
came by. Gives: rows of ``call_legs``, ``call_records`` and ``survey_answers``; the same facts imported again, in
another order or in parts, leave the same rows. ``save`` writes, ``records`` makes calls of legs, ``matching`` finds
the recording of each, ``erasure`` takes them away with their call.
"""
