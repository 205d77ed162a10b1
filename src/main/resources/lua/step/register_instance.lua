-- registerInstance(instanceId, rolesJson, sessionId, metadata, before) -> {success, becameLeader, message, elected, released}
-- `before` is what lookUp (look_up.lua) has found; if the instance has died, it may have been cleared away since.
-- `sessionId` is empty for an anonymous agent. Refused (success = false, nothing changed) while the id is held by a live
-- instance of another session. The same session renews (renew_instance.lua). `elected` is what electLeader did, to be
-- announced by the caller; `released` is how many tasks went back to pending.
-- writeRecord(instanceId, rolesJson, sessionId, metadata, registeredAt) -> how many fields are new. It writes the record, which
-- lives as long as the instance.
-- writeNewRecord(instanceId, rolesJson, sessionId, metadata) writes that of an instance that registers now.
--- @include keys
--- @include check_types
--- @include deadline
--- @include extend_lease
--- @include sweep_expired
--- @on-demand renew_instance renewInstance
--- @on-demand elect_leader electLeader
--- @include leader
--- @include newcomers
local FIELDS = 8
-- hash-max-listpack-value, as Redis sets it
local SHORT = 64
-- what becomes of most
local REGISTERED = {success = true, becameLeader = false, message = 'registered', released = 0}

function step.writeRecord(instanceId, rolesJson, sessionId, metadata, registeredAt)
  local record = keys.instance(instanceId)
  local added = call('HSET', record, 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId, 'metadata', metadata,
    'status', 'active', 'health', 'healthy', 'registeredAt', registeredAt, 'lastSeen', nowText)
  call('PEXPIREAT', record, deadline)
  if noted.newRecord == record then noted.newRecord = nil end
  return added
end

-- Those of a run differ in four fields. Where there is no record yet, it begins as a copy of one that was all new itself: that
-- is faster, and the time to live comes with it. A large one is not copied: Redis keeps hashes with long values in another way,
-- which takes more memory, and copies would inherit it.
function step.writeNewRecord(instanceId, rolesJson, sessionId, metadata)
  local record, alike = keys.instance(instanceId), noted.newRecord
  if alike and call('COPY', alike, record) == 1 then
    call('HSET', record, 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId, 'metadata', metadata)
  elseif step.writeRecord(instanceId, rolesJson, sessionId, metadata, nowText) == FIELDS
    and math.max(#instanceId, #rolesJson, #sessionId, #metadata) <= SHORT then
    noted.newRecord = record
  end
end

function step.registerInstance(instanceId, rolesJson, sessionId, metadata, before)
  local released, held = 0, before.held or 0
  if before.deadline then
    if before.deadline > now and before.registeredAt then
      return step.renewInstance(instanceId, rolesJson, sessionId, metadata, before)
    end
    -- dead, but further down than the sweep has come
    if redis.call('ZSCORE', keys.active, instanceId) then released = step.expireInstance(instanceId) end
    held = 0
  end
  step.writeNewRecord(instanceId, rolesJson, sessionId, metadata)
  step.extendLease(instanceId)
  step.enlist(instanceId, rolesJson, held)
  if held > 0 then
    step.indexNewcomers()
    noted.mostLoaded = nil
  end
  if released == 0 and (noted.leader or step.currentLeader()) then return REGISTERED end

  step.indexNewcomers()
  local elected = step.electLeader(instanceId)
  return {
    success = true,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = 'registered',
    elected = elected,
    released = released,
  }
end
