-- mapReply(flat) -> a reply with named fields from a flat list of names and values (HGETALL, a stream entry), nil when
-- the list is empty.
--- @include noted
function step.mapReply(flat)
  if #flat == 0 then return nil end
  local map = {}
  for i = 1, #flat, 2 do
    map[flat[i]] = flat[i + 1]
  end
  return {map = map}
end

-- hashReply(key) -> the hash under a key as such a reply, nil when there is none.
function step.hashReply(key)
  local fields = redis.pcall('HGETALL', key)
  return not fields.err and step.mapReply(fields) or nil
end
