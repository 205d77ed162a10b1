-- readTask(ctx, taskId) -> what the steps need of a task, nil when there is none: {id, status, order as text, roleSet, attempts, maxAttempts,
-- leaseMs 0 for none, waitsFor: how many tasks that it depends on are not completed, resources as a JSON array, workerId, claim, claimedBy (the
-- principal, empty for an anonymous one): nil when nobody has it; createdBy: likewise; bytes: what it counts for the quotas}.
-- taskRecord(ctx, taskId) -> the whole record as a map reply, nil when there is none.
--- @include map_reply
local function readTask(ctx, taskId)
  local found = redis.call('HMGET', ctx.keys.task .. taskId, 'status', 'order', 'roleSet', 'attempts', 'maxAttempts', 'leaseMs',
    'waitsFor', 'resources', 'workerId', 'claim', 'claimedBy', 'createdBy', 'bytes')
  if not found[1] then return nil end
  return {
    id = taskId, status = found[1], order = found[2], roleSet = found[3], attempts = tonumber(found[4]),
    maxAttempts = tonumber(found[5]), leaseMs = tonumber(found[6]), waitsFor = tonumber(found[7]), resources = found[8],
    workerId = found[9] or nil, claim = tonumber(found[10] or nil), claimedBy = found[11] or '', createdBy = found[12] or '',
    bytes = tonumber(found[13] or 0),
  }
end

local function taskRecord(ctx, taskId)
  return mapReply(redis.call('HGETALL', ctx.keys.task .. taskId))
end
