-- updateGossipHealth(instanceId, status) writes the instance's health record, which lives as long as the instance.
--
-- All of one status that a run writes are the same, so the others are made as copies of the first: that takes one command, and
-- the time to live comes with it.
--- @include keys
--- @include deadline
--- @include noted
function step.updateGossipHealth(instanceId, status)
  local key, written = keys.gossip(instanceId), noted.health[status]
  if written == key or written and call('COPY', written, key, 'REPLACE') == 1 then return end
  call('HSET', key, 'status', status, 'lastSeen', nowText)
  call('PEXPIREAT', key, deadline)
  noted.health[status] = key
end
