-- registerInstance(ctx, instanceId, rolesJson, sessionId, metadata, capacity) -> {success, isNew, becameLeader, message, elected, refused, foreign 1}
-- A new instance belongs to the principal that registers it. It is refused (success = false, nothing changed) while a live instance of another
-- session holds the id, one of another principal (`foreign`), or beyond a quota, which `refused` names. The same session renews it, whatever the
-- quotas: roles, metadata and capacity are replaced and its TTL starts again; what it has stays, except assigned tasks that its new roles do
-- not allow. `elected`: whom a vacancy went to (elect_leader.lua), to be announced by the caller.
--- @include metrics
--- @include instance_records
--- @include leader
--- @include quotas
--- @include session
local function registerInstance(ctx, instanceId, rolesJson, sessionId, metadata, capacity)
  local keys, record = ctx.keys, ctx.keys.instance .. instanceId
  local holder, registeredAt, _, owner = sessionOf(ctx, instanceId)
  if isForeign(ctx, instanceId, holder, owner) then
    return {success = false, becameLeader = false, message = 'belongs to another principal', foreign = 1}
  end
  local isNew = not holder
  if not isNew and holder ~= sessionId then
    return {success = false, becameLeader = false, message = 'held by another session'}
  end
  registeredAt = registeredAt or ctx.nowText
  if isNew then owner = ctx.by end
  local kept = recordOf(rolesJson, sessionId, registeredAt, capacity, owner, metadata)
  local usage = isNew and usageOf(ctx, 'instances', owner)
  local refused = usage and refusalByQuota(ctx, usage, 'quota_instances', #kept)
  if refused then return {success = false, becameLeader = false, message = 'beyond a quota', refused = refused} end
  local isUnlisted = redis.call('ZADD', keys.active, ctx.deadline, instanceId) == 1
  if isNew and not isUnlisted then
    -- dead, and beyond what one sweep removes, or its record was deleted by hand
    --- @include remove_instance
    expireInstance(ctx, instanceId)
    usage = usageOf(ctx, 'instances', owner)
    redis.call('ZADD', keys.active, ctx.deadline, instanceId)
  end
  redis.call('HSET', record, 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId, 'metadata', metadata,
    'status', 'active', 'health', 'healthy', 'registeredAt', registeredAt, 'capacity', capacity, 'owner', owner,
    'lastSeen', ctx.nowText)
  redis.call('PEXPIREAT', record, ctx.deadline)
  local previous = not isNew and redis.call('HGET', keys.records, instanceId)
  if isNew or isUnlisted then
    --- @include index_instance
    indexInstance(ctx, instanceId, rolesJson, ctx.nowMicros)
  elseif not previous or rolesJsonOf(previous) ~= rolesJson then
    --- @include change_roles
    changeRoles(ctx, instanceId, rolesJson, rolesJsonOf(previous))
  end
  if previous ~= kept then
    redis.call('HSET', keys.records, instanceId, kept)
    charge(ctx, usage or usageOf(ctx, 'instances', owner), isNew and 1 or 0, #kept - #(previous or ''))
  end
  count(ctx, 'registrations')
  extendLease(ctx, instanceId)
  local elected
  if not ctx.leader then
    --- @include elect_leader
    elected = electLeader(ctx, instanceId)
  end
  return {
    success = true,
    isNew = isNew,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = isNew and 'registered' or 'renewed',
    elected = elected,
  }
end
