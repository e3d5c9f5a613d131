"""Facts of other systems, kept beside calls: legs of call records, calls made from them, answers to surveys.

Takes: :class:`~speechcx.call.imported.CallLeg` and :class:`~speechcx.call.imported.SurveyAnswer`, with the import they
came by. Gives: rows of ``call_legs``, ``call_records`` and ``survey_answers``; the same facts imported again, in
another order or in parts, leave the same rows. ``save`` writes, ``records`` makes calls of legs, ``match_calls`` finds
the recording of each, ``forget_facts`` takes them away with their call.
"""
