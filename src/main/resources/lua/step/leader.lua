-- extendLease(ctx, instanceId) renews the lease, if the instance holds it.
local function extendLease(ctx, instanceId)
  if ctx.leader == instanceId then redis.call('PEXPIREAT', ctx.keys.leader, ctx.deadline) end
end
