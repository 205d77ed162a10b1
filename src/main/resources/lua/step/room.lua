-- newRoom() -> hasRoom(record): whether a list of records has room for one more. A list holds LIST_BYTES at most, counted by its fields; the
-- caller bounds how many records are read, but not how large they are. The first record always has room.
local LIST_BYTES = 524288

local function newRoom()
  local bytes = 0
  return function(record)
    local isFirst = bytes == 0
    for name, value in pairs(record.map) do bytes = bytes + #name + #value end
    return isFirst or bytes <= LIST_BYTES
  end
end
