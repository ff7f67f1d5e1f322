-- A receipt number is unique as before; its index begins with the outlet, so that no plan made over
-- a nearly empty month takes it for the way to a payment of the day.

ALTER TABLE payments DROP CONSTRAINT payments_bucket_business_date_outlet_receipt_key;
ALTER TABLE payments ADD UNIQUE (bucket, outlet, business_date, receipt);
