-- liveOn(instanceId) lets a live instance live until `deadline`: its record, its health and, if it leads, its lease.
-- indexLives() writes that into the index of the active, for all that live on in a run at once. They are not dead there before
-- it, either. It has to run before a lease is given away (settle_fleet.lua), and before the script ends.
--- @include keys
--- @include deadline
--- @include extend_lease
--- @include noted
--- @include update_gossip_health
function step.liveOn(instanceId)
  local record, lives = keys.instance(instanceId), noted.lives
  call('HSET', record, 'lastSeen', nowText)
  call('PEXPIREAT', record, deadline)
  step.extendLease(instanceId)
  step.updateGossipHealth(instanceId, 'healthy')
  local size = #lives
  lives[size + 1], lives[size + 2] = deadline, instanceId
end

function step.indexLives()
  if #noted.lives == 0 then return end
  redis.call('ZADD', keys.active, unpack(noted.lives))
  noted.lives = {}
end
