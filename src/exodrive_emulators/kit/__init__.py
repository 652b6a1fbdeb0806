"""What both emulators stand on: HTTP, a kept state, a movable clock, faults and the control interface. Knows no provider."""
