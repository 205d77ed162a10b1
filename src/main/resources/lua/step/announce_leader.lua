-- announceLeader(elected) emits leader.elected for what electLeader did; apart from that, so that a registration's own event can
-- come first.
--- @include emit_event
--- @include json_members
function step.announceLeader(elected)
  step.emitEvent('leader.elected', step.jsonMembers({'id', elected.id, 'term', elected.term}))
end
