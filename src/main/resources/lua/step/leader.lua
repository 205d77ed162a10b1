-- currentLeader(ctx) -> the id of the leader, nil when there is none, and the newest term.
-- extendLease(ctx, instanceId) renews the lease, if the instance holds it.
local function currentLeader(ctx)
  if not ctx.term then
    local found = redis.call('MGET', ctx.keys.leader, ctx.keys.term)
    ctx.leader, ctx.term = found[1] or nil, tonumber(found[2] or 0)
  end
  return ctx.leader, ctx.term
end

local function extendLease(ctx, instanceId)
  if currentLeader(ctx) == instanceId then redis.call('PEXPIREAT', ctx.keys.leader, ctx.deadline) end
end
