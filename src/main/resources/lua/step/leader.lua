-- currentLeader() -> the id of the leader, nil when nobody leads, and the newest term; looked up once, and again after
-- leaderChanged().
-- noteLeader({id, term, ...}) spares it that: what somebody else has looked up with other things.
--- @include keys
--- @include noted
function step.noteLeader(values)
  noted.leader, noted.term = values[1] or nil, tonumber(values[2] or 0)
end

function step.currentLeader()
  if not noted.term then
    step.noteLeader(redis.call('MGET', keys.leader, keys.term))
  end
  return noted.leader, noted.term
end

function step.leaderChanged()
  noted.leader, noted.term = nil, nil
end
