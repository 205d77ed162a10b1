--- @include shared
local two = shared
