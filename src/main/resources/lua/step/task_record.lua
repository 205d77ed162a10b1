-- taskFields(ctx, taskId, names...) -> the fields of these names of a task's record, false for each that it does not have.
-- hasRecord(ctx, taskId) -> whether the record exists.
-- taskRecord(ctx, taskId) -> the whole record as a map reply, nil when there is none.
--- @include map_reply
local function taskFields(ctx, taskId, ...)
  return redis.call('HMGET', ctx.keys.task .. taskId, ...)
end

local function hasRecord(ctx, taskId)
  return redis.call('EXISTS', ctx.keys.task .. taskId) == 1
end

local function taskRecord(ctx, taskId)
  return mapReply(redis.call('HGETALL', ctx.keys.task .. taskId))
end
