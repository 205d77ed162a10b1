--- @include one
function step.twice(x)
  return 2 * x + one
end
