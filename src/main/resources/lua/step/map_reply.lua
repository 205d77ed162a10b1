-- mapReply(flat) -> a reply with named fields from a flat list of names and values (HGETALL, an entry of a stream); nil for an empty one.
local function mapReply(flat)
  if #flat == 0 then return nil end
  local map = {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return {map = map}
end
