--- @include shared
local one = shared
