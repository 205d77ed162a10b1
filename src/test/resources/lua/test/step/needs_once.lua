--- @include once
local function keep() kept.x = 1 end
