"""Makes the models of ``models/voices``; see ``scripts/export_diarizer``."""
