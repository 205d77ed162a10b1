-- `deadline`, as text: until when what is renewed by this script lasts. Expects `ttl`, in ms.
--- @include clock
local deadline = string.format('%.0f', now + ttl)
