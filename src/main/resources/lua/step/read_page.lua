-- readPage(index, position, limit, mostExamined, read) -> {records, score, id}, a page of a sorted set, as a map reply: at most `limit`
-- records, fewer when they are large (room.lua), from at most `mostExamined` members behind the position. A position is {score, id} of a
-- member, which need not exist any more, or {'-inf', ''} at the beginning. The reply has that of the last member examined, unless no
-- member follows it. read(id) -> the record of a member, nil for one that is not to be shown.
--- @include rank_behind
--- @include room
local function readPage(index, position, limit, mostExamined, read)
  local records, examined, hasRoom, last = {}, 0, newRoom(), nil
  local first = rankBehind(index, position)
  -- one more tells whether more follow
  local found = redis.call('ZRANGE', index, first, first + mostExamined, 'WITHSCORES')
  for i = 1, #found, 2 do
    local id, isFull = found[i], #records == limit or examined == mostExamined
    local record = not isFull and read(id) or nil
    if isFull or record and not hasRoom(record) then
      return {map = {records = records, score = last.score, id = last.id}}
    end
    records[#records + 1] = record
    examined, last = examined + 1, {score = found[i + 1], id = id}
  end
  return {map = {records = records}}
end
