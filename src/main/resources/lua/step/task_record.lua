-- taskRecord(taskId) -> the task's fields as a map reply, or nil when it is gone.
--- @include keys
--- @include map_reply
local function taskRecord(taskId)
  return mapReply(redis.call('HGETALL', taskKey(taskId)))
end
