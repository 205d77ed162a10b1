-- newRoom() -> takes(record): whether a list of records has room for one more. Its fields are counted until they are as many
-- bytes as a list may hold: how many records are read is bounded by the caller, but not how large they are. The first one always
-- has room.
--- @include noted
local LIST_BYTES = 524288

function step.newRoom()
  local bytes = 0
  return function(record)
    local first = bytes == 0
    for name, value in pairs(record.map) do bytes = bytes + #name + #value end
    return first or bytes <= LIST_BYTES
  end
end
