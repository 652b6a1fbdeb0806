-- What is asked is which holds of one car have run out, never which of all: an index over all cars grows with every hold of a busy day.
create index car_availability_car_holds on public.car_availability (car_id, hold_expires_at) where status = 'pending';
drop index public.car_availability_holds;
