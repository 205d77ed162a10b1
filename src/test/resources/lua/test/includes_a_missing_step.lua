--- @include step/missing
return 0
