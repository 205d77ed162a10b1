-- cb:instances:records keeps what cb:instance:{id} holds beyond its TTL, so that an outage does not lose it. An entry has six lines: roles as
-- a JSON array, session id, time of the registration, capacity (empty for the usual one), owner, metadata.
-- recordOf(rolesJson, sessionId, registeredAt, capacity, owner, metadata) -> an entry.
-- rolesJsonOf(entry) -> the roles of an entry, false for none.
-- capacityOf(ctx, entry) -> how many tasks the worker may have in progress, and be assigned.
-- ownerOf(entry) -> the principal that registered the instance, empty for an anonymous one.
-- restoreRecord(ctx, instanceId, lastSeen) gives an instance that was seen then a full TTL, and its record if that has lapsed.
local function recordOf(rolesJson, sessionId, registeredAt, capacity, owner, metadata)
  return rolesJson .. '\n' .. sessionId .. '\n' .. registeredAt .. '\n' .. capacity .. '\n' .. owner .. '\n' .. metadata
end

local function rolesJsonOf(entry)
  return entry and string.match(entry, '^[^\n]*')
end

local function capacityOf(ctx, entry)
  return tonumber(string.match(entry, '^[^\n]*\n[^\n]*\n[^\n]*\n(%d+)') or ctx.settings.capacity)
end

local function ownerOf(entry)
  return string.match(entry, '^[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n([^\n]*)') or ''
end

local function restoreRecord(ctx, instanceId, lastSeen)
  local record, gossip = ctx.keys.instance .. instanceId, ctx.keys.gossip .. instanceId
  if redis.call('EXISTS', record) == 0 then
    local kept = redis.call('HGET', ctx.keys.records, instanceId) or ''
    local roles, sessionId, registeredAt, capacity, owner, metadata =
      string.match(kept, '^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
    if not roles then return end
    redis.call('HSET', record, 'id', instanceId, 'roles', roles, 'sessionId', sessionId, 'metadata', metadata,
      'status', 'active', 'health', 'healthy', 'registeredAt', registeredAt, 'capacity', capacity, 'owner', owner,
      'lastSeen', lastSeen)
    redis.call('HSET', gossip, 'status', 'healthy', 'lastSeen', lastSeen)
  end
  redis.call('PEXPIREAT', record, ctx.deadline)
  redis.call('PEXPIREAT', gossip, ctx.deadline)
end
