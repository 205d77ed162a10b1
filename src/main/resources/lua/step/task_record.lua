-- The record of a task; one that is no hash was put there by somebody else, and is as good as gone.
-- taskFields(taskId, names...) -> its fields of those names, false for each that it has not; none at all when it is gone.
-- hasRecord(taskId) -> whether it is there.
-- taskRecord(taskId) -> all of its fields as a map reply, or nil when it is gone.
--- @include keys
--- @include map_reply
local function taskFields(taskId, ...)
  local fields = redis.pcall('HMGET', taskKey(taskId), ...)
  return fields.err and {} or fields
end

local function hasRecord(taskId)
  return redis.call('TYPE', taskKey(taskId)).ok == 'hash'
end

local function taskRecord(taskId)
  return hashReply(taskKey(taskId))
end
