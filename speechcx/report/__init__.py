"""The morning report: one HTML page that needs nothing else, or a workbook, of the calls of a period.

Takes: a store and a filter of calls. Gives: the bytes of a file. The report asks the same questions as the commands,
shows their answers by ``present``, and computes nothing of its own. ``contents`` puts it together, ``charts`` works out
where marks stand, ``page`` writes HTML through templates that escape everything, ``workbook`` writes XLSX.
To add a section: a function in ``contents``; both forms show it.
"""

from speechcx.report.contents import Report, ReportSection, make_report
from speechcx.report.page import write_page
from speechcx.report.workbook import write_workbook

__all__ = ["Report", "ReportSection", "make_report", "write_page", "write_workbook"]
