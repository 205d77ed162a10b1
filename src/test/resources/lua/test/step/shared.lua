-- What two steps need.
local shared = 1
