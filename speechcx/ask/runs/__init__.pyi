from .failures import FailureRow as FailureRow
from .failures import find_failure as find_failure
from .failures import list_failures as list_failures
from .left_out import LeftOut as LeftOut
from .left_out import read_left_out as read_left_out
from .status import Status as Status
from .status import read_status as read_status
