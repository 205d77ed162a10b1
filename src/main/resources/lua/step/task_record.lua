-- The record of a task; one that is no hash was put there by somebody else, and is as good as gone.
-- taskFields(taskId, names...) -> its fields of those names, false for each that it has not; none at all when it is gone.
-- hasRecord(taskId) -> whether it is there.
-- taskRecord(taskId) -> all of its fields as a map reply, or nil when it is gone.
--- @include keys
--- @include map_reply
function step.taskFields(taskId, ...)
  local fields = redis.pcall('HMGET', keys.task(taskId), ...)
  return fields.err and {} or fields
end

function step.hasRecord(taskId)
  return redis.call('TYPE', keys.task(taskId)).ok == 'hash'
end

function step.taskRecord(taskId)
  return step.hashReply(keys.task(taskId))
end
