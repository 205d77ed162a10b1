-- currentLeader() -> the id of the leader, nil when nobody leads, and the newest term; looked up once, and again after
-- leaderChanged().
--- @include keys
--- @include noted
function step.currentLeader()
  if not noted.leader then
    local values = redis.call('MGET', keys.leader, keys.term)
    noted.leader = {id = values[1] or nil, term = tonumber(values[2] or 0)}
  end
  return noted.leader.id, noted.leader.term
end

function step.leaderChanged()
  noted.leader = nil
end
